export const tagOf = { list: "users" } as const;
