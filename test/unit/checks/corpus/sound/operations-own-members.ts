interface QueryClient {
  user: { refresh(): Promise<void>; invalidate(id: number): void };
}
declare const queries: QueryClient;

class Screen {
  invalidate(): void {}
  refresh(): void {
    this.invalidate();
  }
}

export async function renew(): Promise<void> {
  new Screen().refresh();
  await queries.user.refresh();
  queries.user.invalidate(5);
}
