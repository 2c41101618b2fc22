// What the class below overrides is not what the method reads.
declare function request(url: string): Promise<string>;

export class Client {
  label(): string {
    return "client";
  }

  // @zcache key: "get:{path}"
  async get(path: string): Promise<string> {
    return request(`https://api.test/${path}`);
  }
}

export class AdminClient extends Client {
  override label(): string {
    return "admin";
  }
}
