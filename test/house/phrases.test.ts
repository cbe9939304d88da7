import t, { type Test } from 'tap';
import ts from 'typescript';
import { type Page, pages } from '../docs/pages.js';
import { nodesOf, sources } from './sources.js';

interface Phrase {
  pattern: RegExp;
  better: string;
  /** Only in what users read: pages, and strings of more than one word. Code and comments may need the word. */
  inTexts?: true;
}

/** What no native speaker would write here, and what to write instead. */
const phrases: readonly Phrase[] = [
  { pattern: /(?<!-)\banew\b/i, better: 'again; start over; rewrite, rebuild, recompute' },
  { pattern: /\bforet(?:ell|ells|old|elling)\b/i, better: 'predict, estimate, forecast' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, better: 'fix' },
  { pattern: /\bin vain\b/i, better: 'fails; unsuccessful' },
  { pattern: /\b(?:go|goes|going|gone|went) on with\b/i, better: 'resume, continue' },
  { pattern: /\bwhat is so\b/i, better: 'the facts by their names; unknown' },
  { pattern: /\bbut for\b/i, better: 'except, unless' },
  { pattern: /\b(?:is|are|was|were|be|been) told (?:that|so|as|of)\b/i, better: 'is reported as' },
  {
    pattern: /\b(?:can|cannot|could|could not|can not) be had\b|\b(?:was|is|were) not had\b/i,
    better: 'cannot be obtained',
  },
  {
    pattern: /\b(?:stand|stands|stood|standing) still\b/i,
    better: 'stall; are blocked; has stopped; is paused',
  },
  { pattern: /\bbefall(?:en|s)?\b/i, better: 'happen to' },
  { pattern: /\b(?:hold|holds|held) against\b/i, better: 'compare with' },
  { pattern: /\bnot known (?:what|whether|how|who|where)\b/i, better: 'unknown; cannot be determined' },
  { pattern: /\bin the place of\b/i, better: 'instead of' },
  { pattern: /\bwhere it is not\b|\bwhere there is none\b/i, better: 'if it is not; if there is none' },
  {
    pattern: /\bWho (?:wants|leaves|comes|writes|has|is in)\b(?![^.]*\?)/,
    better: 'whoever; if you; name the actor',
  },
  { pattern: /\bof which it is (?:not )?known\b/i, better: 'whose … is (un)known' },
  { pattern: /\bby the (?:very same|very)\b|\bthe very (?:same|one)\b/i, better: 'exactly the same' },
  { pattern: /\bswap(?:s|ped|ping)?\b/i, better: 'cut-over, cut over', inTexts: true },
];

/** A page without its code: ids and fields keep their names. */
function proseOf({ text }: Page): string {
  return text.replace(/^```(?:json|ts|js|sql)\n.*?^```$/gms, '').replace(/``.+?``|`[^`\n]+`/g, '``');
}

t.test('pages say it in plain English', async (t) => {
  for (const page of pages()) {
    for (const phrase of phrases) refuse(t, page.path, proseOf(page), phrase);
  }
});

t.test('so do messages and comments', async (t) => {
  for (const { path, text, tree } of sources()) {
    const texts = [...nodesOf(tree)].filter(isText).map(({ text }) => text);
    const sentences = texts.filter((each) => /\w \w/.test(each)).join('\n');
    for (const phrase of phrases) refuse(t, path, phrase.inTexts ? sentences : text, phrase);
  }
});

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** One line for each place; most files have none, and get none. */
function refuse(t: Test, where: string, text: string, { pattern, better }: Phrase): void {
  // Words of a phrase may stand on two lines of a comment or a page.
  const flowing = text.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
  for (const { 0: found, index } of flowing.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    const around = flowing.slice(Math.max(0, index - 40), index + found.length + 40);
    t.fail(`${where}: …${around}…: better: ${better}`);
  }
}
