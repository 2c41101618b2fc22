// Nothing of it is lost but its name.
class UserDto {
  id = 0;
  name = "";
  static from(id: number): UserDto {
    return Object.assign(new UserDto(), { id });
  }
}

// @zcache ttl: 10m
export async function user(id: number): Promise<UserDto> {
  return UserDto.from(id);
}
