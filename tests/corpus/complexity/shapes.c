#include <stdio.h>

#define PICK(a, b) ((a) ? (a) : (b))

static int straight(void)
{
    return 1;
}

int chain(int value, const char *name)
{
    if (value > 3 && name) {
        return value;
    } else if (!value || !name) {
        return 0;
    }
    return value ? 1 : 2;
}

int *loops(int **items, int n)
{
    int i;
    for (i = 0; i < n; i++) {
        while (*items[i]) {
            --*items[i];
        }
    }
    do {
        n--;
    } while (n);
    return items[0];
}

int choose(int kind)
{
    switch (kind) {
    case 1:
    case 2:
        return 2;
    default:
        return 0;
    }
#if defined(A) && defined(B)
    return 1;
#elif C
    return 2;
#endif
}
