import t from 'tap';
import { optionsInComment } from '../../lib/adapters/tool-settings.js';

t.test('options stand in a comment in front of the statement', async (t) => {
  t.strictSame(optionsInComment('/* alterwise strategy=gh-ost review-rows=0 */ '), {
    strategy: 'gh-ost',
    'review-rows': '0',
  });
  t.strictSame(optionsInComment('/* alterwise accept=drop-column accept=values-lost */'), {
    accept: ['drop-column', 'values-lost'],
  });
  t.strictSame(optionsInComment('/* alterwise */'), {});
  t.strictSame(optionsInComment('/* of the team */ '), {});
  t.strictSame(optionsInComment(''), {});
});

t.test('what is no option is named', async (t) => {
  t.throws(() => optionsInComment('/* alterwise strategy gh_ost= */'), { message: /gh_ost=/, exitCode: 2 });
});
