// expect: unknown-property@7:33
// The property was renamed from userId, and comments are not renamed along.
interface Session {
  accountId: string;
}

// @zcache key: "inbox:{session.userId}"
export async function countUnread(session: Session): Promise<number> {
  return session.accountId.length;
}
