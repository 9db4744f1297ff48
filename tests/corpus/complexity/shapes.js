function straight(a, b) {
  return a + b;
}

function chain(value, limit = 3) {
  if (value > limit && value) {
    return value;
  } else if (!value || limit) {
    return limit ?? 0;
  }
  return value ? 1 : 2;
}

function loops(items) {
  for (const item of items) {
    while (item.next) {
      item.step();
    }
  }
  do {
    items.pop();
  } while (items.length);
}

function choose(kind) {
  switch (kind) {
    case 1:
      return "one";
    case 2:
      return "two";
    default:
      return "many";
  }
}

class Box {
  open(key) {
    try {
      return this.locks[key]?.open();
    } catch (error) {
      return null;
    }
  }
}

const arrow = (a) => {
  if (a) {
    return 1;
  }
  return 2;
};
