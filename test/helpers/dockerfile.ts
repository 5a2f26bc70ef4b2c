import { matchesGlob } from 'node:path'

const KEYWORDS =
  'ARG COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK RUN STOPSIGNAL USER VOLUME WORKDIR'.split(' ')

/** One instruction; what was broken over lines is one line again. */
export interface Instruction {
  keyword: string
  value: string
}

/** What one `FROM` begins. */
export interface Stage {
  name: string | null
  /** The image or the stage that it goes on from. */
  from: string
  instructions: Instruction[]
}

/** The stages of a Dockerfile. @throws Error for an instruction that is unknown here */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = []
  for (const line of withoutComments(text).replaceAll('\\\n', '').split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    if (!KEYWORDS.includes(keyword)) throw new Error(`"${line}" is no instruction known here.`)
    if (keyword === 'FROM') {
      const [from = '', , name = null] = value.split(/\s+/)
      stages.push({ name, from, instructions: [] })
    } else stages.at(-1)?.instructions.push({ keyword, value })
  }
  return stages
}

/** Comments may stand between the lines of an instruction too. */
function withoutComments(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line))
  return lines.join('\n')
}

/** The instructions that made the image at the end of a stage, those of the stages below it first. */
export function lineOf(stages: readonly Stage[], stage: Stage): Instruction[] {
  const below = stages.find(({ name }) => name === stage.from)
  return [...(below === undefined ? [] : lineOf(stages, below)), ...stage.instructions]
}

/** What the instructions of one keyword say, in order. */
export function valuesOf(instructions: readonly Instruction[], keyword: string): string[] {
  return instructions.filter((one) => one.keyword === keyword).map(({ value }) => value)
}

/** What a `COPY` takes, from where, and where it puts it. */
export function copyOf(value: string): { stage: string | null; sources: string[]; to: string } {
  const words = value.split(/\s+/)
  const [, stage = null] = /^--from=(.*)$/.exec(words[0] ?? '') ?? []
  return { stage, sources: words.slice(stage === null ? 0 : 1, -1), to: words.at(-1) ?? '' }
}

/** Whether a path, or a folder it is in, is left out: the last pattern that fits decides. */
export function isIgnored(dockerignore: string, path: string): boolean {
  const parts = path.split('/')
  const prefixes = parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
  let ignored = false
  for (const pattern of withoutComments(dockerignore).split('\n')) {
    const isException = pattern.startsWith('!')
    const glob = isException ? pattern.slice(1) : pattern
    // Unlike a shell's, its asterisk means hidden files too.
    if (
      prefixes.some((prefix) => matchesGlob(prefix.replace(/^\./, '_'), glob.replace(/^\./, '_')))
    )
      ignored = !isException
  }
  return ignored
}
