interface Repository {
  find(id: number): Promise<string>;
}

export abstract class Crud {
  constructor(protected readonly repository: Repository) {}

  // @zcache key: "crud:{id}"
  async one(id: number): Promise<string> {
    return this.repository.find(id);
  }
}

export class Users extends Crud {
  label = "users";
}

export class Guests extends Crud {
  label = "guests";
}
