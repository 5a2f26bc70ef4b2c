/** The parts of a line that says what runs when, as they are written. */
export interface Entry {
  /** Five of them, or a macro alone. */
  fields: string[]
  /** Null in a crontab without such a column. */
  user: string | null
  command: string
}

const MACRO = /^(@\S+)\s+(\S.*)$/
const FIELDS = /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S.*)$/
const USER = /^(\S+)\s+(\S.*)$/

const TOO_FEW =
  'It is no entry: a crontab has five fields and then a command, such as 0 9 * * 1 /usr/bin/backup.'

/** Takes an entry apart, without its user yet; null for what has too few words. */
export function splitFields(text: string): Omit<Entry, 'user'> | null {
  // SUSE: a hyphen in front keeps the start out of the log.
  const plain = text.replace(/^-(?=[\d*@])/, '')
  const pattern = plain.startsWith('@') ? MACRO : FIELDS
  const [, ...parts] = pattern.exec(plain) ?? []
  const command = parts.pop()
  return command === undefined ? null : { fields: parts, command }
}

/** Reads an entry, or says why it is none. */
export function readEntry(text: string, hasUser: boolean): Entry | string {
  const split = splitFields(text)
  if (split === null) return TOO_FEW
  if (!hasUser) return withoutMore({ ...split, user: null })
  const [, user, command] = USER.exec(split.command) ?? []
  if (user === undefined || command === undefined) {
    return 'After the user there is no command; if the crontab has no column of users, say so by "user_column": false.'
  }
  return withoutMore({ ...split, user, command })
}

/** What looks like a sixth field: in other schedulers seconds come first, or a year last. */
function withoutMore(entry: Entry): Entry | string {
  const [program = ''] = (entry.user ?? entry.command).split(/\s/)
  if (!/^(?:[\d*?][\d*?,/-]*)$/.test(program)) return entry
  return `A crontab has five fields, so that cron would start the program "${program.slice(0, 40)}"; take out the field of seconds or years.`
}
