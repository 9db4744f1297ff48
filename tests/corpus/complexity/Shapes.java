import java.util.List;

class Shapes {
    interface Named {
        String name();
    }

    Shapes(int size) {
        this.size = size > 0 ? size : 1;
    }

    int chain(int value, List<? extends Named> names) {
        if (value > 3 && names != null) {
            return value;
        } else if (value == 0 || names == null) {
            return 0;
        }
        for (Named name : names) {
            while (value > 0) {
                value--;
            }
        }
        return 1;
    }

    static int choose(int kind) {
        try {
            switch (kind) {
                case 1:
                    return 1;
                case 2:
                    return 2;
                default:
                    return 0;
            }
        } catch (IllegalStateException error) {
            return -1;
        } finally {
            kind = 0;
        }
    }

    int size;
}
