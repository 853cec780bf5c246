export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in order; continued lines are joined, comments dropped. Throws on a stage without a name. */
export function stagesOf(text: string): Stage[] {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(line) ?? [];
    if (word === 'FROM') {
      const [, from, name] = /^(\S+) AS ([\w-]+)$/.exec(rest) ?? [];
      if (from === undefined || name === undefined) throw new Error(`"${line}" names no stage.`);
      stages.push({ name, from, instructions: [] });
    } else stages.at(-1)?.instructions.push({ word, rest });
  }
  return stages;
}

function logicalLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines.join('\n').replaceAll('\\\n', ' ').split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
}

/** `A=1 B=2` of ENV. */
export function environmentOf({ instructions }: Stage): ReadonlyMap<string, string> {
  const pairs = instructions.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
