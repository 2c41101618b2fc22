// expect: possibly-undefined@9:31
interface User {
  id: number;
}

export class Dashboard {
  user?: User;

  // @zcache key: "dashboard:{this.user.id}"
  async widgets(): Promise<number[]> {
    return [this.user?.id ?? 0];
  }
}
