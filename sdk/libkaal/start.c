/* From the first instructions to main() and from its return to exit(). */
#include <kaal/boot.h>
#include <kaal/startup.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Defined by the linker script, kaal.ld. */
extern const char __kaal_tls_image[], __kaal_tls_image_end[];
extern char __kaal_tls_block[];

void __libc_init_array(void);
int main(int argc, char **argv, char **envp);
_Noreturn void kaal_start(const void *info);

extern char **environ;
static const struct kaal_bootinfo *bootinfo;
static const struct kaal_startup *startup;

const struct kaal_bootinfo *kaal_bootinfo(void)
{
	return bootinfo;
}

const struct kaal_startup *kaal_startup(void)
{
	return startup;
}

static _Noreturn void start_component(void)
{
	char **argv = (char **)(uintptr_t)startup->arguments;

	environ = (char **)(uintptr_t)startup->environment;
	__libc_init_array();
	exit(main((int)startup->argument_count, argv, environ));
}

static _Noreturn void start_root_task(void)
{
	/* C11 5.1.2.2.1: a name that is not available is the empty string. */
	static char no_name[] = "";
	static char *argv[] = {no_name, NULL};

	__libc_init_array();
	exit(main(1, argv, environ));
}

_Noreturn void kaal_start(const void *info)
{
	/* The rest of the block is zero: it lies in .bss. */
	memcpy(__kaal_tls_block, __kaal_tls_image, (size_t)(__kaal_tls_image_end - __kaal_tls_image));
	/* Either page begins with what it is. */
	if (*(const uint64_t *)info == KAAL_STARTUP_MAGIC) {
		startup = info;
		start_component();
	}
	bootinfo = info;
	start_root_task();
}
