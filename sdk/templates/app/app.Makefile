# make
CC = aarch64-kaal-gcc
PKG_CONFIG = aarch64-kaal-pkg-config
CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra

build/@NAME@: src/main.c
	mkdir -p build
	$(CC) $(CFLAGS) $(LDFLAGS) $$($(PKG_CONFIG) --cflags kaal-sdk) src/main.c -o $@ $$($(PKG_CONFIG) --libs kaal-sdk)

.PHONY: clean
clean:
	rm -rf build
