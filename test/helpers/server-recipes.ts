import path from 'node:path'
import mysql from 'mysql2/promise'
import { Client } from 'pg'
import type { ServerKind } from './server-databases.ts'

/** How to make and run a server of one kind. */
export interface Recipe {
  /** The system's user for it: servers refuse to run as root. */
  user: string
  /** Where its programs are, if not on the path. */
  folders: string
  programs: readonly [string, string]
  initialize(programs: Programs, folder: string): [file: string, args: string[]]
  serve(programs: Programs, folder: string, port: number): [file: string, args: string[]]
  /** Of a database that a new server has. */
  url(port: number): string
  answers(url: string): Promise<void>
  crashSignal: 'SIGQUIT' | 'SIGKILL'
}

/** Paths of what makes a data folder, and of the server. */
export type Programs = readonly [string, string]

export const RECIPES: Readonly<Record<ServerKind, Recipe>> = {
  postgres: {
    user: 'postgres',
    folders: '/usr/lib/postgresql/*/bin',
    programs: ['initdb', 'postgres'],
    initialize: ([initdb], folder) => [
      initdb,
      ['-D', path.join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N']
    ],
    serve: ([, postgres], folder, port) => [
      postgres,
      ['-D', path.join(folder, 'data'), '-p', `${port}`, '-k', folder, '-h', '127.0.0.1']
    ],
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    answers: async (url) => {
      const client = new Client({ connectionString: url })
      client.on('error', () => undefined)
      await client.connect()
      await client.end()
    },
    // An immediate shutdown: what was committed is recovered at the next start.
    crashSignal: 'SIGQUIT'
  },
  mysql: {
    user: 'mysql',
    folders: '/usr/{bin,sbin,local/bin}',
    programs: ['mariadb-install-db', 'mariadbd'],
    initialize: ([install], folder) => [
      install,
      [
        '--no-defaults',
        `--datadir=${path.join(folder, 'data')}`,
        '--auth-root-authentication-method=normal'
      ]
    ],
    serve: ([, mariadbd], folder, port) => [
      mariadbd,
      [
        '--no-defaults',
        `--datadir=${path.join(folder, 'data')}`,
        `--socket=${path.join(folder, 'socket')}`,
        `--pid-file=${path.join(folder, 'pid')}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--character-set-server=utf8mb4'
      ]
    ],
    url: (port) => `mysql://root@127.0.0.1:${port}/test`,
    answers: async (url) => {
      const connection = await mysql.createConnection(url)
      await connection.end()
    },
    crashSignal: 'SIGKILL'
  }
}
