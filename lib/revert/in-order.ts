/**
 * The most numbers of a list that already stand in rising order: who moves the others moves the fewest.
 * @param numbers each different from the others
 */
export function inOrder(numbers: readonly number[]): Set<number> {
  const chains: number[][] = [];
  for (const [at, number] of numbers.entries()) {
    let longest: number[] = [];
    for (const [before, chain] of chains.entries()) {
      const isLower = (numbers[before] ?? Number.POSITIVE_INFINITY) < number;
      if (before < at && isLower && chain.length > longest.length) longest = chain;
    }
    chains.push([...longest, number]);
  }
  return new Set(chains.reduce<number[]>((most, chain) => (chain.length > most.length ? chain : most), []));
}
