/** What the work gives, or what `late` does when it takes longer. */
export async function inTime<Result>(
  work: Promise<Result>,
  ms: number,
  late: () => Result
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve(late()), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
