import { z } from 'zod';
import type { Shape } from '../../lib/settings/kinds.js';
import { configKey, defaultText, namesFrom, optionOf } from '../../lib/settings/options.js';

/** What a config file may hold, by the table of options. */
export function configFile(): z.ZodType {
  const keys = namesFrom('file').map((name) => {
    const { kind, help } = optionOf(name);
    const byDefault = defaultText(name);
    const description = byDefault === undefined ? help : `${help} (default: ${byDefault})`;
    return [configKey(name), typeOf(kind.shape).optional().describe(description)];
  });
  return z.strictObject({
    $schema: z.string().optional().describe('where this schema is, for editors'),
    ...Object.fromEntries(keys),
  });
}

export function configSchema(): object {
  const { $schema, ...made } = z.toJSONSchema(configFile(), { io: 'input' });
  const title = 'What alterwise.config.json, .mjs and .ts hold: the options, with their names in camelCase';
  return { $schema, $id: 'config.schema.json', title, ...made };
}

function typeOf(shape: Shape): z.ZodType {
  switch (shape.type) {
    case 'switch':
      return z.boolean();
    case 'text':
      return z.string().regex(shape.pattern);
    case 'whole':
      return z.int().min(shape.min).max(shape.max);
    case 'choice':
      return z.enum(shape.choices);
    case 'list':
      return z.array(typeOf(shape.item));
  }
}
