import t from 'tap';
import ts from 'typescript';
import { lineOf, nodesOf, type Source, sources } from './sources.js';

/** Where a reason, check, warning or error is made: `id: 'duplicate-keys'`. */
function idsIn(source: Source): { id: string; at: string }[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    if (!ts.isPropertyAssignment(node) || node.name.getText(source.tree) !== 'id') return [];
    if (!ts.isStringLiteral(node.initializer)) return [];
    return [{ id: node.initializer.text, at: `${source.path}:${lineOf(source, node)}` }];
  });
}

t.test('an id stands in one place, beside its text', async (t) => {
  const places = new Map<string, string[]>();
  for (const { id, at } of sources().flatMap(idsIn)) places.set(id, [...(places.get(id) ?? []), at]);
  t.ok(places.size > 100, `${places.size} ids`);
  for (const [id, at] of places) t.equal(at.length, 1, `${id}: ${at.join(', ')}`);
});
