import { test } from 'tap'
import {
  linesOf,
  parseCrontab,
  type CrontabOptions
} from '../../../src/domain/crontab/parse-crontab.ts'
import { checkJobInput } from '../../../src/domain/define-job.ts'

const OPTIONS: CrontabOptions = { zone: 'UTC', tag: null, userColumn: 'auto' }
const read = (text: string, options: Partial<CrontabOptions> = {}) =>
  parseCrontab(linesOf(text), { ...OPTIONS, ...options })
const jobsOf = (text: string, options: Partial<CrontabOptions> = {}) =>
  read(text, options).lines.flatMap(({ job }) => (job === null ? [] : [job]))
const jobOf = (line: string) => jobsOf(line, { userColumn: false })[0]
const sh = (command: string) => ({ type: 'command', argv: ['/bin/sh', '-c', command] })

const DEBIAN = String.raw`# /etc/crontab: system-wide crontab
# Unlike any other crontab you don't have to run the 'crontab'
# command to install the new version when you edit this file
# and files in /etc/cron.d. These files also have username fields,
# that none of the other crontabs do.

SHELL=/bin/sh
# You can also override PATH, but by default, newer versions inherit it from the environment
#PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin

# Example of job definition:
# .---------------- minute (0 - 59)
# |  .------------- hour (0 - 23)
# *  *  *  *  * user-name command to be executed
17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly
25 6	* * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
47 6	* * 7	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.weekly; }
52 6	1 * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.monthly; }
#
`

test('the crontab of a Debian system is read with its users', (t) => {
  const { lines, userColumn } = read(DEBIAN)
  t.equal(userColumn, true)
  t.equal(lines.length, 19)
  t.strictSame(
    lines.flatMap(({ job }) => (job === null ? [] : [[job.name, job.schedule]])),
    [
      ['run-parts cron.hourly', '17 * * * *'],
      ['run-parts cron.daily', '25 6 * * *'],
      ['run-parts cron.weekly', '47 6 * * 7'],
      ['run-parts cron.monthly', '52 6 1 * *']
    ]
  )
  t.match(lines[14], {
    line: 15,
    outcome: 'job',
    job: {
      target: { ...sh('cd / && run-parts --report /etc/cron.hourly'), env: { SHELL: '/bin/sh' } }
    },
    notes: ['It runs as the user of the service, not as "root".']
  })
  t.end()
})

test('what people have in their crontabs becomes what it does', (t) => {
  const get = { type: 'http', method: 'GET' }
  const cases: [line: string, job: object][] = [
    [
      '* * * * * cd /var/www/app && php artisan schedule:run >> /dev/null 2>&1',
      {
        name: 'php artisan',
        schedule: '* * * * *',
        timeout: '24h',
        target: sh('cd /var/www/app && php artisan schedule:run >> /dev/null 2>&1')
      }
    ],
    [
      '*/5 * * * * curl -s https://example.com/wp-cron.php?doing_wp_cron > /dev/null 2>&1',
      {
        name: 'example.com/wp-cron.php',
        target: { ...get, url: 'https://example.com/wp-cron.php?doing_wp_cron', success: '200-399' }
      }
    ],
    [
      '*/10 * * * * wget -q -O - https://example.com/wp-cron.php?doing_wp_cron >/dev/null 2>&1',
      { target: { ...get, url: 'https://example.com/wp-cron.php?doing_wp_cron' } }
    ],
    [
      '0 */12 * * * /usr/local/bin/php -q /home/me/public_html/cron.php',
      {
        name: 'php cron.php',
        target: {
          type: 'command',
          argv: ['/usr/local/bin/php', '-q', '/home/me/public_html/cron.php']
        }
      }
    ],
    [
      `0 0,12 * * * test -x /usr/bin/certbot -a \\! -d /run/systemd/system && perl -e 'sleep int(rand(43200))' && certbot -q renew`,
      { schedule: '0 0,12 * * *' }
    ],
    [
      String.raw`30 2 * * * pg_dump app | gzip > /backup/app-$(date +\%F).sql.gz`,
      { name: 'pg_dump app', target: sh('pg_dump app | gzip > /backup/app-$(date +%F).sql.gz') }
    ],
    ['@daily /usr/bin/foo "a b" c\\ d', { target: { argv: ['/usr/bin/foo', 'a b', 'c d'] } }],
    ['-*/15 * * * * /usr/bin/quiet', { schedule: '*/15 * * * *' }],
    ['05 04 * * Sun echo hi', { schedule: '05 04 * * Sun', name: 'echo hi' }],
    ['0~30 ~ * * * spread', { schedule: 'H(0-30) H * * *' }],
    ['0 4 * * * backup --token s3cr3t', { name: 'backup' }],
    ['0 4 * * * /opt/go.sh # the nightly one', { name: 'the nightly one' }]
  ]
  for (const [line, job] of cases) {
    const found = jobOf(line)
    t.match(found, job, line)
    t.doesNotThrow(() => checkJobInput(found), line)
  }
  t.end()
})

test('what cannot be a job says why, and what to do', (t) => {
  const cases: [line: string, reason: RegExp][] = [
    ['@reboot /usr/bin/foo', /start it with the machine/],
    ['@every 5m foo', /is not of crontab\(5\)/],
    ['@fortnightly foo', /is not a known macro/],
    ['61 * * * * foo', /"61" is not a valid minute; write 0-59/],
    ['0 0 L * * foo', /"L" is not a field of a crontab/],
    ['H * * * * foo', /"H" is not a field of a crontab/],
    ['0 9 * * 1#2 foo', /is not a field of a crontab/],
    ['0 0 9 * * 1 /usr/bin/six', /would start the program "1"; take out the field/],
    ['* * * * *', /five fields and then a command/],
    ['hello world', /five fields and then a command/],
    ['* * * * * a\u0000b', /control character/],
    [`* * * * * ${'x'.repeat(10_000)}`, /put the command into a script/],
    ['CRON_TZ=Nowhere/City', /"Nowhere\/City" is not a time zone/],
    ['CARILLON_X=1', /set by the scheduler/],
    ['a-b=1', /is not a variable name/]
  ]
  for (const [text, reason] of cases) {
    const [line] = read(text, { userColumn: false }).lines
    t.match(line, { line: 1, text, outcome: 'refused', job: null, reason }, text)
  }
  t.match(read('* * * * * root', { userColumn: true }).lines, [{ reason: /After the user/ }])
  t.end()
})

test('settings hold from their line on', (t) => {
  const { lines } = read(
    [
      '1 * * * * a',
      'FOO = "two words"',
      'HOME=/srv',
      'SHELL=/bin/bash',
      '2 * * * * b | c',
      'CRON_TZ=europe/berlin',
      'MAILTO=ops@example.com',
      '3 * * * * d',
      'CRON_TZ=Nowhere',
      '4 * * * * e',
      'CRON_TZ=',
      'TZ=Asia/Tokyo',
      '5 * * * * f',
      'PATH=$HOME/bin'
    ].join('\n')
  )
  const of = (line: number) => lines[line - 1]
  t.strictSame(of(1)?.job?.target, { type: 'command', argv: ['a'] })
  t.match(of(5)?.job?.target, {
    argv: ['/bin/bash', '-c', 'b | c'],
    cwd: '/srv',
    env: { FOO: 'two words', HOME: '/srv', SHELL: '/bin/bash' }
  })
  t.equal(of(5)?.job?.timezone, 'UTC')
  t.match(of(7), { outcome: 'setting', notes: [/MAILTO is not carried over/] })
  t.match(of(8)?.job, { timezone: 'Europe/Berlin', target: { env: { FOO: 'two words' } } })
  t.notMatch(of(8)?.job, { target: { env: { MAILTO: 'ops@example.com' } } })
  t.match(of(10), { outcome: 'refused', reason: /^Line 9 sets a time zone that is not known/ })
  t.match(of(13)?.job, { timezone: 'Asia/Tokyo', target: { env: { TZ: 'Asia/Tokyo' } } })
  t.match(of(14)?.notes, [/"\$" in the value of PATH stays/])
  t.end()
})

test('variables are bounded in number and in size', (t) => {
  const many = Array.from({ length: 101 }, (_, index) => `V${index}=x`).join('\n')
  t.match(read(many).lines.at(-2), { outcome: 'setting' })
  t.match(read(many).lines.at(-1), { outcome: 'refused', reason: /more than 100 variables/ })
  t.match(read(`A=${'x'.repeat(8_192)}`).lines, [{ outcome: 'setting' }])
  t.match(read(`A=${'x'.repeat(8_193)}`).lines, [{ reason: /but may have 8192/ }])
  t.end()
})

test('the comment directly above is the name; headings and ornaments are none', (t) => {
  const cases: [comment: string, name: string][] = [
    ['# Nightly backup', 'Nightly backup'],
    ['#### Nightly  backup ####', 'Nightly backup'],
    ['# ------------', 'x'],
    ['# m h  dom mon dow   command', 'x'],
    ['# *  *  *  *  *  command to be executed', 'x'],
    ['#0 4 * * * /usr/bin/old', 'x'],
    ['#PATH=/bin', 'x'],
    ['# Nightly backup\n', 'x'],
    [`# ${'é'.repeat(300)}`, 'é'.repeat(200)],
    [`# x${'😀'.repeat(300)}`, `x${'😀'.repeat(99)}`],
    ['# a\u001b[2Jb', 'a [2Jb']
  ]
  for (const [comment, name] of cases) {
    const [job] = jobsOf(`${comment}\n0 0 * * * x\n`)
    t.equal(job?.name, name, comment)
    t.doesNotThrow(() => checkJobInput(job), comment)
  }
  t.end()
})

test('whether there are users is told by a heading, or by accounts', (t) => {
  const cases: [text: string, isThere: boolean][] = [
    ['# m h dom mon dow user  command\n0 0 * * * backup run', true],
    ['# m h dom mon dow command\n0 0 * * * backup run', false],
    ['0 0 * * * www-data php x.php\n0 1 * * * app run', true],
    ['0 0 * * * www-data php x.php\n0 1 * * * /usr/bin/run it', false],
    ['0 0 * * * mail -s x root', false],
    ['0 0 * * * root x\n0 0 * * * php x.php', false],
    ['0 0 * * * root x\n0 0 * * * run -q', false],
    ['0 0 * * * root', false],
    ['', false],
    ['@daily root /usr/bin/x', true]
  ]
  for (const [text, isThere] of cases) t.equal(read(text).userColumn, isThere, text)
  t.end()
})

test('a percent sign ends the command, and begins what it reads', (t) => {
  const cases: [line: string, command: string, input: string][] = [
    ['mail -s hi root%Hello,%World', 'mail -s hi root', 'Hello,\nWorld\n'],
    [String.raw`cat%100\% sure%`, 'cat', '100% sure\n'],
    ["date '+%F'", "date '+", "F'\n"],
    ['cat%', 'cat', '']
  ]
  for (const [line, command, input] of cases) {
    const job = jobOf(`0 0 * * * ${line}`)
    const argv = job?.target?.type === 'command' ? job.target.argv : []
    t.strictSame(argv.slice(4), [input, '/bin/sh', command], line)
  }
  t.match(jobOf(String.raw`0 0 * * * date +\%F`), { target: { argv: ['date', '+%F'] } })
  t.end()
})

test('keys are of the command, so that another time is the same job', (t) => {
  const keys = (text: string, tag: string | null = null) =>
    jobsOf(text, { tag }).map(({ key }) => key)
  const text = '0 1 * * * a\n0 2 * * * b\n0 3 * * * a\n'
  const [first, second, third] = keys(text)
  t.equal(new Set(keys(text)).size, 3)
  t.equal(third, `${first}:2`)
  t.strictSame(keys('# named\n5 5 * * * a\n'), [first])
  t.strictSame(keys('@daily b'), [second])
  t.notSame(keys('0 1 * * * a', 'web1'), [first])
  t.match(jobsOf('0 1 * * * a', { tag: 'web1' }), [{ tags: ['web1'] }])
  t.end()
})

test('ends of lines are no part of them', (t) => {
  t.strictSame(linesOf('\ufeffa\r\nb\n\nc'), ['a', 'b', '', 'c'])
  t.strictSame(linesOf('a\n'), ['a'])
  t.strictSame(linesOf(''), [])
  t.end()
})
