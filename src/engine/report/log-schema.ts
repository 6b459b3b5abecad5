/** Version of the fields, as docs/log.md lists them; raised when one changes its meaning or goes. */
export const LOG_SCHEMA = 1;
