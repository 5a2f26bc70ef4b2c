import { hash } from 'node:crypto'

const LENGTH = 16

/** A strong validator (RFC 9110, 8.8.3) of what is sent: it changes with every byte. */
export function etagOf(body: string | Buffer): string {
  return `"${digest(body)}"`
}

/** The same for a job, with its version in front, which alone decides whether it may be changed. */
export function jobEtag(version: number, json: string): string {
  return `"${version}-${digest(json)}"`
}

function digest(body: string | Buffer): string {
  return hash('sha256', body, 'base64url').slice(0, LENGTH)
}

/** Whether an `If-None-Match` names what would be sent; compared weakly, as RFC 9110 wants it. */
export function isNamed(header: string, etag: string): boolean {
  return listed(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)
}

/**
 * The versions that an `If-Match` names: those in front of the tags that were sent with a job, or
 * `"3"` alone. Undefined for `*`, which any version matches; a tag of another kind names none.
 */
export function versionsIn(header: string): number[] | undefined {
  const tags = listed(header)
  if (tags.includes('*')) return undefined
  return tags.flatMap((tag) => {
    const version = /^"(\d{1,15})(?:-[\w-]+)?"$/.exec(tag)?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

function listed(header: string): string[] {
  return header.split(',').map((tag) => tag.trim())
}
