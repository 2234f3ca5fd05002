/* From the first instructions to main() and from its return to exit(). */
#include <kaal/boot.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Defined by the linker script, kaal.ld. */
extern const char __kaal_tls_image[], __kaal_tls_image_end[];
extern char __kaal_tls_block[];

void __libc_init_array(void);
int main(int argc, char **argv, char **envp);
_Noreturn void kaal_start(const struct kaal_bootinfo *info);

extern char **environ;
static const struct kaal_bootinfo *bootinfo;

const struct kaal_bootinfo *kaal_bootinfo(void)
{
	return bootinfo;
}

_Noreturn void kaal_start(const struct kaal_bootinfo *info)
{
	/* C11 5.1.2.2.1: a name that is not available is the empty string. */
	static char no_name[] = "";
	static char *argv[] = {no_name, NULL};

	/* The rest of the block is zero: it lies in .bss. */
	memcpy(__kaal_tls_block, __kaal_tls_image, (size_t)(__kaal_tls_image_end - __kaal_tls_image));
	bootinfo = info;
	__libc_init_array();
	exit(main(1, argv, environ));
}
