import { CRON_FIELDS, type CronField } from './cron-field.ts'
import { type CronFields, readFields } from './cron-fields.ts'
import { isHashItem, resolveHashItem } from './hash-item.ts'
import { refuseExpression } from './parse-cron.ts'
import type { ParsedCron } from './parsed-cron.ts'

/** The sets of a checked expression, `H` given its values; refuses `H` without a seed. */
export function resolveFields(parsed: ParsedCron, seed: string | undefined): CronFields {
  if (parsed.hasHash && seed === undefined) {
    throw refuseExpression(
      parsed.text,
      'H spreads by job, and here is none to spread by; write fixed numbers instead.'
    )
  }
  const plain = CRON_FIELDS.map((field, i) => spread(parsed.fields[i] ?? '', field, seed ?? ''))
  return readFields(plain, parsed.bothDayFields)
}

function spread(text: string, field: CronField, seed: string): string {
  return text
    .split(',')
    .map((item) => (isHashItem(item) ? resolveHashItem(item, field, seed) : item))
    .join(',')
}
