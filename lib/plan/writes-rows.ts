/** Whether a plain statement writes rows: its estimate then counts those that the server looks at, not the table's. */
export function writesRows(verb: string): boolean {
  return ['INSERT', 'REPLACE', 'UPDATE', 'DELETE'].includes(verb);
}
