import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { z } from 'zod';
import { configSchema } from './config-schema.js';

/** The JSON Schemas in docs/schema: of the zod schemas in lib/documents, described by their doc comments. */
const documents = {
  plan: ['Plan', 'A plan: what alterwise plan prints with --format json'],
  result: ['RunResult', 'The result of a run: what alterwise run prints with --format json'],
  event: [
    'EventLine',
    'An event: one line of --progress ndjson on standard error, or of the file of --events',
  ],
  error: [
    'ErrorAnswer',
    'What ended a command before there was a result: with --format json on standard output, with --progress ndjson on standard error',
  ],
  status: ['StatusAnswer', 'What alterwise status --format json prints'],
  clean: ['CleanAnswer', 'What alterwise clean --format json prints'],
  order: ['OrderAnswer', 'What pause, resume, set, cut-over and abort print with --format json'],
  verify: ['VerifyAnswer', 'What alterwise verify prints with --format json'],
} as const;

const folder = fileURLToPath(new URL('../../lib/documents/', import.meta.url));

/** Each file of docs/schema by its path, as it should be. */
export async function schemaFiles(): Promise<Map<string, string>> {
  const declared = new Map<string, Declaration>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const module: Record<string, unknown> = await import(`${folder}${file}`);
    readDeclarations(file, module, declared);
  }
  const files = new Map<string, string>();
  const add = (name: string, schema: object) =>
    files.set(
      fileURLToPath(new URL(`../../docs/schema/${name}.schema.json`, import.meta.url)),
      `${JSON.stringify(schema, null, 2)}\n`,
    );
  for (const [name, [root, title]] of Object.entries(documents)) {
    add(name, schemaOf(`${name}.schema.json`, root, title, declared));
  }
  add('config', configSchema());
  return files;
}

/** The code of a zod schema, and the schema itself if it is exported. */
interface Declaration {
  code: ts.Expression;
  schema?: z.ZodType;
  comment?: string;
}

function readDeclarations(
  file: string,
  module: Record<string, unknown>,
  declared: Map<string, Declaration>,
): void {
  const source = ts.createSourceFile(file, readFileSync(folder + file, 'utf8'), ts.ScriptTarget.Latest, true);
  const comments = new Map<string, string>();
  for (const statement of source.statements) {
    const text = commentOf(statement);
    if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        const schema = module[name.getText()];
        const known = text ?? comments.get(name.getText());
        if (initializer === undefined) continue;
        declared.set(name.getText(), {
          code: initializer,
          ...(schema instanceof z.ZodType && { schema }),
          ...(known && { comment: known }),
        });
      }
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      if (text !== undefined) comments.set(statement.name.text, text);
    }
  }
}

function schemaOf(
  id: string,
  root: string,
  title: string,
  declared: ReadonlyMap<string, Declaration>,
): object {
  const names = z.registry<{ id: string }>();
  const of = new Map<z.core.$ZodType, Declaration>();
  for (const [name, declaration] of declared) {
    const { schema } = declaration;
    if (schema === undefined || !/^[A-Z]/.test(name)) continue; // a kind of number or text
    of.set(schema, declaration);
    if (name !== root) names.add(schema, { id: name[0]?.toLowerCase() + name.slice(1) });
  }
  const { $schema, ...made } = z.toJSONSchema(declared.get(root)?.schema ?? z.never(), {
    metadata: names,
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const { code, comment } = of.get(zodSchema) ?? {};
      if (comment !== undefined) jsonSchema.description = comment;
      if (code !== undefined) describe(jsonSchema, code, declared);
      delete jsonSchema.readOnly;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return { $schema, $id: id, title, ...made };
}

/** Puts the comments on the fields of an object, as it is written, onto its JSON Schema. */
function describe(
  json: z.core.JSONSchema.BaseSchema,
  code: ts.Node,
  declared: ReadonlyMap<string, Declaration>,
): void {
  if (ts.isIdentifier(code)) {
    const named = declared.get(code.text);
    if (named !== undefined) describe(json, named.code, declared);
  } else if (ts.isCallExpression(code)) {
    for (const part of [code.expression, ...code.arguments]) describe(json, part, declared);
  } else if (ts.isPropertyAccessExpression(code)) {
    describe(json, code.expression, declared);
  } else if (ts.isArrayLiteralExpression(code)) {
    const branches = json.oneOf ?? json.anyOf ?? [];
    for (const [i, part] of code.elements.entries()) describe(branches[i] ?? {}, part, declared);
  } else if (ts.isObjectLiteralExpression(code)) {
    for (const property of code.properties) describeProperty(json, property, declared);
  }
}

function describeProperty(
  json: z.core.JSONSchema.BaseSchema,
  code: ts.ObjectLiteralElementLike,
  declared: ReadonlyMap<string, Declaration>,
): void {
  if (ts.isSpreadAssignment(code)) {
    const spread = declared.get(code.expression.getText().replace(/\.shape$/, ''));
    if (spread !== undefined) describe(json, spread.code, declared);
    return;
  }
  const name = code.name?.getText() ?? '';
  const shared = json.properties?.[name];
  if (json.properties === undefined || typeof shared !== 'object') return;
  const comment = commentOf(code);
  const property = { ...shared, ...(comment !== undefined && { description: comment }) };
  json.properties[name] = property;
  const item = Array.isArray(property.items) ? undefined : property.items;
  if (ts.isPropertyAssignment(code)) {
    describe(typeof item === 'object' ? item : property, code.initializer, declared);
  }
}

function commentOf(code: ts.Node): string | undefined {
  const [doc] = ts.getJSDocCommentsAndTags(code);
  const text = doc === undefined ? undefined : ts.getTextOfJSDocComment(doc.comment);
  return text?.replace(/\s*\n\s*/g, ' ');
}
