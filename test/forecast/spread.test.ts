import t from 'tap';
import { inPasses, rowsByDensity } from '../../lib/forecast/copy-windows.js';
import { placesBetween } from '../../lib/forecast/windows.js';

t.test('places between two numbers lie evenly, also where JavaScript has no room for them', async (t) => {
  t.same(placesBetween(0, 100, 4), ['12', '37', '62', '87']);
  t.same(placesBetween(-100, 100, 2), ['-50', '50']);
  const [low, high] = placesBetween('0', '18446744073709551615', 2) ?? [];
  t.equal(low, String(18446744073709551615n / 4n));
  t.ok(BigInt(String(high)) > 2n ** 63n);
});

t.test('places between texts and bytes lie between them, in their order', async (t) => {
  const [min, max] = ['00a1f3', 'ffe901'];
  const places = (placesBetween(min, max, 25) ?? []).map(String);
  t.equal(new Set(places).size, 25);
  t.same([...places].sort(), places);
  t.ok(places.every((place) => place > min && place < max));
  t.ok(
    (placesBetween('user-100', 'user-999', 5) ?? []).every((place) => String(place).startsWith('user-')),
    'what all begin with stays',
  );
  const bytes = placesBetween(Buffer.from([1, 0, 0, 0]), Buffer.from([255, 0, 0, 0]), 3) ?? [];
  t.ok(bytes.every(Buffer.isBuffer));
  t.ok(Buffer.compare(bytes[0] as Buffer, bytes[2] as Buffer) < 0);
});

t.test('dates and decimals are not divided', async (t) => {
  t.equal(placesBetween('2024-01-01 00:00:00', '2024-09-01 00:00:00', 4), undefined);
  t.equal(placesBetween('1.50', '99.25', 4), undefined);
});

t.test('what is visited first is spread already', async (t) => {
  const visited = inPasses(Array.from({ length: 12 }, (_, index) => index));
  t.same(visited, [0, 4, 8, 2, 6, 10, 1, 3, 5, 7, 9, 11]);
});

t.test('rows are counted by how many keys a chunk takes, gaps included', async (t) => {
  const chunk = (place: bigint, end: number, rows = 100) => ({
    window: { start: [0], places: [place] },
    rows,
    end: [end],
  });
  t.equal(rowsByDensity([chunk(1n, 100), chunk(5_001n, 5_100)], [1n, 10_000n]), 10_000, 'dense');
  // Half of the range is empty, and half of the places lie in it.
  const half = [chunk(1n, 100), chunk(2_501n, 2_600), chunk(5_001n, 10_000), chunk(7_501n, 10_000)];
  const rows = rowsByDensity(half, [1n, 10_000n]) ?? 0;
  t.ok(rows > 4_500 && rows < 5_500, `half empty: ${rows}`);
  t.equal(rowsByDensity([chunk(1n, 100)], undefined), undefined, 'another key than a number');
});
