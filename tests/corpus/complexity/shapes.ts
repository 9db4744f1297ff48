export function straight(a: number, b?: string): string {
  return `${a}`;
}

export function chain(value: number, limit: number = 3): number {
  if (value > limit && value) {
    return value;
  } else if (!value || limit) {
    return limit ?? 0;
  }
  return value ? 1 : 2;
}

class Box {
  open(key: string): number {
    for (const lock of this.locks) {
      if (lock.key === key) {
        return 1;
      }
    }
    switch (key) {
      case 'a':
        return 2;
      default:
        return 3;
    }
  }
}
