// expect: incomplete-key@5:19
import { TenantService } from "./tenant-service";

export class Users extends TenantService {
  // @zcache key: "user:{id}"
  async user(id: number): Promise<string> {
    return (await fetch(this.url(`/users/${id}`))).text();
  }
}
