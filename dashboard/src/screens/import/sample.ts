/** A crontab to try with: names from comments, a zone, a call, and lines that cannot be jobs as they are. */
export const SAMPLE = `# Weekly report
0 9 * * 1 curl -fsS -m 60 https://example.com/report
CRON_TZ=Europe/Paris
# Every five minutes
*/5 * * * * curl -fsS https://example.com/wp-cron.php >/dev/null 2>&1
15 2 * * * /usr/local/bin/backup --all
@reboot /usr/local/bin/warm-up
`
