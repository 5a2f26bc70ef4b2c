/** A cron expression whose every part has been checked, before `H` is given its values. */
export interface ParsedCron {
  /** The expression as it was given, without spaces around it. */
  readonly text: string
  /**
   * Second, minute, hour, day of month, month and weekday: names as numbers, `?` as `*`, macros and
   * `N/step` written out, `H` as given. Empty when `everyMs` is set.
   */
  readonly fields: readonly string[]
  /** The canonical zone of a `TZ=` or `CRON_TZ=` prefix, else null. */
  readonly prefixTimezone: string | null
  /** The period of `@every`, in milliseconds, else null. */
  readonly everyMs: number | null
  /** Whether `H` occurs, so that a seed is needed. */
  readonly hasHash: boolean
  /**
   * Whether both day fields are restricted, so that a day matching either counts (crontab(5)). As in
   * Vixie cron a field that begins with `*` is not restricted, a star with a step included: then a
   * day must match both.
   */
  readonly bothDayFields: boolean
  /**
   * Whether minute and hour are fixed times: no `*` and no step in either. Lists, ranges and a plain
   * `H` are fixed, and the seconds have no say. Vixie cron moves only such jobs on days when the
   * clock changes.
   */
  readonly fixedTime: boolean
  /**
   * Time fields that step unevenly, such as the minute by sevens: from 56 to 0 it is 4 minutes, which
   * people who write it do not expect.
   */
  readonly unevenSteps: readonly string[]
}
