import { randomUUID } from 'node:crypto'
import path from 'node:path'
import process from 'node:process'
import mysql from 'mysql2/promise'
import { Client } from 'pg'
import type { Test } from 'tap'
import { createFolder } from './service.ts'

export const DATABASE_KINDS = ['sqlite', 'postgres', 'mysql'] as const
export type DatabaseKind = (typeof DATABASE_KINDS)[number]
export type ServerKind = Exclude<DatabaseKind, 'sqlite'>

/** As people call them, for the names of tests. */
export const DATABASE_NAMES: Readonly<Record<DatabaseKind, string>> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mysql: 'MariaDB'
}

/** Servers where anything may be created and dropped; other ones by these variables. */
const SERVER_URLS: Readonly<Record<ServerKind, string>> = {
  postgres: process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  mysql: process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test'
}

/** Carries out one statement on the server itself, outside of any database of a test. */
export async function administer(kind: ServerKind, statement: string): Promise<unknown[]> {
  if (kind === 'postgres') {
    const client = new Client({ connectionString: SERVER_URLS.postgres })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(statement)).rows
    } finally {
      await client.end()
    }
  }
  const connection = await mysql.createConnection(SERVER_URLS.mysql)
  try {
    const [rows] = await connection.query(statement)
    return Array.isArray(rows) ? rows : []
  } finally {
    await connection.end()
  }
}

async function reasonToSkip(kind: DatabaseKind): Promise<string | false> {
  if (kind === 'sqlite') return false
  try {
    await administer(kind, 'select 1')
    return false
  } catch (error) {
    return `no ${DATABASE_NAMES[kind]} at ${new URL(SERVER_URLS[kind]).host}: ${String(error)}`
  }
}

/** Why tests on a kind of database cannot be run here; false where they can. */
export const skipReasons: Readonly<Record<DatabaseKind, string | false>> = {
  sqlite: false,
  postgres: await reasonToSkip('postgres'),
  mysql: await reasonToSkip('mysql')
}

/** A database of its own on a server. */
export interface ServerDatabase {
  url: string
  drop(): Promise<unknown>
}

/** Creates a new, empty database; whoever asked for it drops it. */
export async function createServerDatabase(kind: ServerKind): Promise<ServerDatabase> {
  const name = `carillon_${randomUUID().replaceAll('-', '')}`
  await administer(kind, `create database ${name}`)
  const url = new URL(SERVER_URLS[kind])
  url.pathname = `/${name}`
  const force = kind === 'postgres' ? ' with (force)' : ''
  return { url: url.href, drop: () => administer(kind, `drop database ${name}${force}`) }
}

/** The URL of a new, empty database, which is dropped when the test ends. */
export async function createDatabaseUrl(t: Test, kind: DatabaseKind): Promise<string> {
  if (kind === 'sqlite') return `sqlite:${path.join(await createFolder(t), 'carillon.db')}`
  const { url, drop } = await createServerDatabase(kind)
  t.teardown(drop)
  return url
}
