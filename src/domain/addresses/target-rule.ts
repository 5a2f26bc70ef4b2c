import ipaddr from 'ipaddr.js'
import { parseAddress, unwrapped, type Address } from './address-kind.ts'

/** Where a connection is to go: by name or address as the URL has it, and by each resolved address. */
export interface Destination {
  /** Lower case, without a final dot; an IPv6 address without brackets. */
  host: string
  port: number
  /** Null while only the name is known. */
  address: Address | null
}

/** Whether a rule of the configuration is about a destination. */
export type TargetRule = (destination: Destination) => boolean

const HOST =
  /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

/**
 * A rule, or null when the text is none: `10.0.0.0/8`, `fd00::/8`, an address, a name, `*.name` for
 * every name below it, `*` for all. A port may follow, as in `api.internal:8443` and `[::1]:8080`.
 */
export function parseTargetRule(text: string): TargetRule | null {
  const { subject, port } = splitPort(text.trim().toLowerCase())
  const isMeant = subject === null ? null : subjectRule(subject)
  if (isMeant === null) return null
  if (port === null) return isMeant
  if (!(port >= 1 && port <= 65_535)) return null
  return (destination) => destination.port === port && isMeant(destination)
}

function splitPort(text: string): { subject: string | null; port: number | null } {
  const bracketed = /^\[([^\]]*)\]((?:\/\d{1,3})?)(?::(\d{1,5}))?$/.exec(text)
  if (bracketed !== null) {
    const [, inner = '', prefix = '', port] = bracketed
    return { subject: inner + prefix, port: port === undefined ? null : Number(port) }
  }
  const [, host = '', port] = /^([^:]*):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined) return { subject: text === '' ? null : text, port: null }
  return { subject: host === '' ? null : host, port: Number(port) }
}

function subjectRule(subject: string): TargetRule | null {
  if (subject === '*') return () => true
  if (subject.includes('/')) return rangeRule(subject)
  const single = parseAddress(subject)
  if (single !== null) return rangeRule(`${subject}/${single.kind() === 'ipv4' ? 32 : 128}`)
  if (!HOST.test(subject)) return null
  if (!subject.startsWith('*.')) return ({ host }) => host === subject
  return ({ host }) => host.endsWith(subject.slice(1))
}

function rangeRule(text: string): TargetRule | null {
  if (!ipaddr.isValidCIDR(text)) return null
  const range = ipaddr.parseCIDR(text)
  return ({ address }) => {
    if (address === null) return false
    // As it is written, or as what it stands for: "::ffff:10.0.0.1" is in 10.0.0.0/8.
    return [address, unwrapped(address)].some(
      (one) => one.kind() === range[0].kind() && one.match(range)
    )
  }
}
