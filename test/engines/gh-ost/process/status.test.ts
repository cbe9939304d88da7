import t from 'tap';
import { parseStatus } from '../../../../lib/engines/gh-ost/process/output.js';

function line(
  state: string,
  over: Partial<Record<'total' | 'streamer' | 'lag' | 'time' | 'eta', string>> = {},
) {
  const {
    total = '300000',
    streamer = 'bin.000001:529670708',
    lag = '0.06',
    time = '2m0s',
    eta = '21s',
  } = over;
  return `Copy: 25500/${total} 8.5%; Applied: 12; Backlog: 3/1000; Time: ${time}(total), 45s(copy); streamer: ${streamer}; Lag: 0.05s, HeartbeatLag: ${lag}s, State: ${state}; ETA: ${eta}`;
}

t.test('everything', async (t) => {
  t.same(parseStatus(line('migrating')), {
    rowsCopied: 25500,
    rowsTotal: 300000,
    eventsApplied: 12,
    backlog: 3,
    backlogLimit: 1000,
    elapsedMs: 120_000,
    copyingMs: 45_000,
    coordinates: 'bin.000001:529670708',
    lagMs: 50,
    heartbeatLagMs: 60,
    state: 'migrating',
    etaMs: 21_000,
  });
});

t.test('what is not known is absent', async (t) => {
  const status = parseStatus(line('migrating', { total: '0', lag: '9223372036.85', eta: 'N/A' }));
  t.ok(status);
  for (const key of ['rowsTotal', 'heartbeatLagMs', 'etaMs', 'throttled', 'otherState']) {
    t.notOk(status && key in status, key);
  }
  t.equal(parseStatus(line('migrating', { eta: 'due' }))?.etaMs, undefined);
});

t.test('durations', async (t) => {
  t.equal(parseStatus(line('migrating', { time: '126h3m0s' }))?.elapsedMs, (126 * 60 + 3) * 60_000);
  t.equal(parseStatus(line('migrating', { eta: '1h0m59s' }))?.etaMs, 3_659_000);
  t.equal(parseStatus(line('migrating', { time: '0s' }))?.elapsedMs, 0);
});

const states: readonly [text: string, expected: object][] = [
  ['migrating', { state: 'migrating' }],
  ['counting rows', { state: 'counting-rows' }],
  ['postponing cut-over', { state: 'postponing-cut-over' }],
  ['throttled, commanded by user', { state: 'throttled', throttled: 'commanded by user' }],
  ['throttled, lag=1.234567s', { state: 'throttled', throttled: 'lag=1.234567s' }],
  [
    'throttled, max-load Threads_connected=8 >= 1',
    { state: 'throttled', throttled: 'max-load Threads_connected=8 >= 1' },
  ],
  [
    'throttled, db2:3306 dial tcp: a, b; c: refused; ETA: due',
    { state: 'throttled', throttled: 'db2:3306 dial tcp: a, b; c: refused; ETA: due' },
  ],
  ['something new', { state: 'other', otherState: 'something new' }],
];

for (const [text, expected] of states) {
  t.test(text, async (t) => t.match(parseStatus(line(text)), expected));
}

t.test('a GTID set as coordinates', async (t) => {
  const streamer = '6d82ae4d-e774-11f1-8bac-02fc00000001:1-985:987,7d82ae4d-e774-11f1-8bac-02fc00000001:1-3';
  t.equal(parseStatus(line('migrating', { streamer }))?.coordinates, streamer);
});

t.test('other lines', async (t) => {
  for (const text of ['', 'Copy:', 'Copy: x/y 1%', '# Done', line('migrating').slice(0, -3)]) {
    t.equal(parseStatus(text), undefined, JSON.stringify(text));
  }
});
