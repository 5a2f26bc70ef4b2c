/** Who asks for something, and from where. */
export interface Caller {
  /** Such as `configuration`, for the key of the configuration; null where nobody has to say. */
  readonly actor: string | null
  /** The network address that the request came from; null for a call inside the process. */
  readonly address: string | null
}
