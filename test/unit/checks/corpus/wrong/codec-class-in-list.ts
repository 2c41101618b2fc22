// expect: unfaithful-codec@11:4
class User {
  id = 0;
  firstName = "";
  lastName = "";
  fullName(): string {
    return `${this.firstName} ${this.lastName}`;
  }
}

// @zcache ttl: 10m
export async function listUsers(team: string): Promise<User[]> {
  return [Object.assign(new User(), { firstName: team })];
}
