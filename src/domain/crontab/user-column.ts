import { splitFields } from './entry.ts'

/** Debian: `# m h dom mon dow user command`; Red Hat: `# *  *  *  *  * user-name  command to be …`. */
const HEADING = /^#+\s*(?:m\s+h\s+dom\s+mon\s+dow|(?:\*\s+){5})\s*user(?:-?name)?\s+command/i
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/

/** Accounts that systems and packages come with; none is the name of a program as well. */
const KNOWN = new Set(
  'root www-data nobody daemon apache http www wwwrun ubuntu debian ec2-user centos pi smmsp munin debian-spamd logcheck amavis smokeping clamav zabbix jenkins tomcat vagrant'.split(
    ' '
  )
)

/** What stands where a user would, in crontabs without that column. */
const PROGRAMS = new Set(
  'bash cd curl docker echo find mail node perl php python python3 rm rsync sh sleep test wget'.split(
    ' '
  )
)

/**
 * Whether the lines are of a crontab of the system, as /etc/crontab and /etc/cron.d are: its heading
 * says so, or every entry has what may be a user, and one of them is.
 */
export function hasUserColumn(lines: readonly string[]): boolean {
  const trimmed = lines.map((line) => line.trim())
  if (trimmed.some((line) => HEADING.test(line))) return true
  const words = trimmed
    .filter((line) => /^[-\d*@]/.test(line))
    .flatMap((line) => {
      const entry = splitFields(line)
      return entry === null ? [] : [entry.command.split(/\s+/)]
    })
  const isUser = ([user = '', program]: readonly string[]): boolean =>
    ACCOUNT.test(user) && !PROGRAMS.has(user) && /^[^-]/.test(program ?? '')
  return words.every(isUser) && words.some(([user = '']) => KNOWN.has(user))
}
