import { test } from 'tap'
import { doingOf } from '../../../src/domain/crontab/doing.ts'
import { firstSettings } from '../../../src/domain/crontab/settings.ts'
import { readShellLine } from '../../../src/domain/crontab/shell-words.ts'
import { checkJobInput } from '../../../src/domain/define-job.ts'

const SETTINGS = firstSettings('UTC')
const doing = (line: string, env: Record<string, string> = {}) =>
  doingOf(line, { ...SETTINGS, env })

test('words are what a shell makes of them', (t) => {
  const cases: [line: string, words: string[]][] = [
    ['a b  c', ['a', 'b', 'c']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [String.raw`a\ b "c\"d" 'e\f' "g\h"`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\h`]],
    [`a'b'"c"d`, ['abcd']],
    [`a '' ""`, ['a', '', '']],
    ['a#b', ['a#b']],
    ['a # b', ['a']],
    ['a /~b c=~', ['a', '/~b', 'c=~']]
  ]
  for (const [line, words] of cases) {
    const read = readShellLine(line)
    t.strictSame(
      read.words.map(({ text }) => text),
      words,
      line
    )
    t.equal(read.shellOnly, null, line)
  }
  t.end()
})

test('what only a shell can do stays with the shell, whole', (t) => {
  const lines = [
    'a | b',
    'a && b',
    'a; b',
    'a > b',
    'a < b',
    'a >/dev/null 2>&1',
    'a $HOME',
    'a "$HOME"',
    'a `b`',
    '(a)',
    'a *.log',
    'a [bc]',
    'a b?',
    'a {b,c}',
    '~/a',
    'a ~/b',
    'A=b c',
    'cd /tmp',
    '. a',
    'a &',
    "a 'b",
    'a # b'
  ]
  for (const line of lines) {
    t.strictSame(doing(line).job.target, { type: 'command', argv: ['/bin/sh', '-c', line] }, line)
  }
  t.end()
})

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

test('a call of curl or wget is the request that it makes', (t) => {
  const cases: [line: string, job: object][] = [
    [
      'curl -fsS -m 10 --retry 5 -o /dev/null https://x.example/p',
      {
        target: { type: 'http', url: 'https://x.example/p', method: 'GET', success: '200-399' },
        timeout: '10s',
        retry: { max_attempts: 6 }
      }
    ],
    [
      '/usr/bin/curl x.example',
      {
        target: { url: 'http://x.example', method: 'GET' },
        timeout: '1h',
        retry: { max_attempts: 1 }
      }
    ],
    [
      `curl -d a=1 -d 'b=2&c' https://x.example`,
      {
        target: { method: 'POST', body: 'a=1&b=2&c', headers: FORM }
      }
    ],
    [
      `curl -XPUT -H 'Content-Type: text/plain' --data-raw @x https://x.example`,
      {
        target: { method: 'PUT', body: '@x', headers: { 'Content-Type': 'text/plain' } }
      }
    ],
    [
      `curl --json '{"a":1}' https://x.example`,
      {
        target: {
          method: 'POST',
          body: '{"a":1}',
          headers: { 'Content-Type': 'application/json', Accept: 'application/json' }
        }
      }
    ],
    [
      'curl -u me:pw -A agent -e https://r.example -b k=v https://x.example',
      {
        target: {
          headers: {
            Authorization: 'Basic bWU6cHc=',
            'User-Agent': 'agent',
            Referer: 'https://r.example',
            Cookie: 'k=v'
          }
        }
      }
    ],
    ['curl -I https://x.example', { target: { method: 'HEAD' } }],
    [
      'curl --fail-with-body --data-ascii a=1 --data-binary b=2 --url https://x.example/u',
      { target: { method: 'POST', url: 'https://x.example/u', body: 'a=1&b=2', headers: FORM } }
    ],
    ['curl -X POST https://x.example', { target: { method: 'POST' } }],
    ['curl -sL https://x.example', { target: { method: 'GET' } }],
    [
      'curl -m 2.5 --retry 2 --retry-delay 7 https://x.example',
      {
        timeout: '2s500ms',
        retry: { max_attempts: 3, backoff: 'fixed', initial: '7000ms' }
      }
    ],
    ['curl -m 0 https://x.example', { timeout: '1h' }],
    [
      `curl "https://x.example/?a=1&b=[2]"`.replace('[2]', '2'),
      {
        target: { url: 'https://x.example/?a=1&b=2' }
      }
    ],
    ['curl https://x.example/?a=1 &> /dev/null', { target: { url: 'https://x.example/?a=1' } }],
    ['curl https://x.example/>/dev/null', { target: { url: 'https://x.example/' } }],
    [
      'wget -qO- --tries=3 https://x.example',
      {
        target: { method: 'GET' },
        retry: { max_attempts: 3 }
      }
    ],
    ['wget --spider -nv https://x.example', { target: { method: 'HEAD' } }],
    [
      'wget -O - --method=put --body-data b=2 --header "X-A: 1" --referer r -U me --no-cache -T 5 https://x.example',
      {
        target: {
          method: 'PUT',
          body: 'b=2',
          headers: { 'X-A': '1', Referer: 'r', 'User-Agent': 'me', 'Cache-Control': 'no-cache' }
        }
      }
    ],
    ['wget --delete-after https://x.example', { target: { method: 'GET' } }],
    [
      'wget -O /dev/null --post-data a=1 --user me --password=pw https://x.example',
      {
        target: {
          method: 'POST',
          body: 'a=1',
          headers: { Authorization: 'Basic bWU6cHc=', ...FORM }
        }
      }
    ]
  ]
  for (const [line, job] of cases) {
    const found = doing(line)
    t.match(found.job, { ...job, target: { type: 'http' } }, line)
    t.match(found.job, job, line)
    t.doesNotThrow(() => checkJobInput({ name: 'n', schedule: '@daily', ...found.job }), line)
  }
  t.notOk('success' in (doing('curl -fsL https://x.example').job.target ?? {}), 'behind a redirect')
  t.end()
})

test('a call that a job would not make just so stays a command, with the reason', (t) => {
  const cases: [line: string, reason: RegExp][] = [
    ['curl -k https://x.example', /"-k" turns off the check of certificates/],
    ['curl --proxy p https://x.example', /"--proxy" is not an option that is understood/],
    ['curl --max-time=3 https://x.example', /"--max-time=3" is not an option/],
    ['curl -T f https://x.example', /"-T" is not an option/],
    ['curl -o f https://x.example', /writes a file/],
    ['curl -d @f https://x.example', /from a file/],
    ['curl -b jar https://x.example', /cookies from a file/],
    ['curl -u me https://x.example', /ask for a password/],
    ['curl https://me:pw@x.example', /holds a user name or password/],
    [`curl -H 'Host: y' https://x.example`, /The header "Host" is set by the scheduler/],
    [`curl -H 'A: 1' -H 'a: 2' https://x.example`, /sets the header "a" twice/],
    [`curl -H 'Content-Type: application/json' -d a=1 https://x.example`, /declared as JSON/],
    ['curl -X GET -d a=1 https://x.example', /GET requests have none/],
    ['curl -X PURGE https://x.example', /No job sends PURGE/],
    ['curl ftp://x.example', /must be http: or https:/],
    [`curl 'https://x.example/{a,b}'`, /brackets/],
    ['curl https://a.example https://b.example', /no URL, or several/],
    ['curl', /no URL, or several/],
    ['curl -m x https://x.example', /no number of seconds/],
    ['curl --retry 100 https://x.example', /more than a job does/],
    ['curl -m', /"-m" has no value/],
    ['curl https://x.example | sh', /"\|" needs a shell/],
    ['curl https://x.example/?a=1&b=2', /"&" needs a shell/],
    ['curl https://x.example/*', /pattern of file names/],
    ['curl https://x.example > f', /">" needs a shell/],
    ['curl -d @- https://x.example%a', /reads what follows its "%"/],
    ['wget https://x.example', /saves what it gets/],
    ['wget -q -nc -O- https://x.example', /"-nc" is not understood/],
    ['wget --no-check-certificate -O- https://x.example', /check of certificates/]
  ]
  for (const [line, reason] of cases) {
    const { job, notes } = doing(line)
    t.equal(job.target?.type, 'command', line)
    t.match(notes.at(-1), reason, line)
  }
  const proxied = doing('curl https://x.example', { https_proxy: 'http://p' })
  t.match(proxied, { job: { target: { type: 'command' } }, notes: [/goes through https_proxy/] })
  const direct = doing('curl https://x.example', { no_proxy: '*', https_proxy: '' })
  t.match(direct, { job: { target: { type: 'http' } } })
  t.end()
})

test('what means something else is noted', (t) => {
  const cases: [line: string, note: RegExp][] = [
    ['curl -fL https://x.example', /Redirects are not followed/],
    ['curl https://x.example', /Without -f/],
    ['curl -f --connect-timeout 3 https://x.example', /of the whole attempt/],
    ['wget -O- https://x.example', /Redirects are not followed/]
  ]
  for (const [line, note] of cases) t.match(doing(line).notes, [note], line)
  t.strictSame(doing('curl -f https://x.example').notes, [])
  t.end()
})
