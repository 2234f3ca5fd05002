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

/* The texts from `text` on, into a vector that ends with NULL; returns where the next one is. */
static char *fill(char **vector, char *text, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		vector[i] = text;
		text += strlen(text) + 1;
	}
	vector[count] = NULL;
	return text;
}

/* Arguments and environment may be written to (C11 5.1.2.2.1): they are copied to the bottom of the stack. */
static _Noreturn void start_component(void)
{
	uint32_t arguments = startup->argument_count, variables = startup->environment_count;
	char texts[startup->texts.bytes + 1];
	char *argv[arguments + 1], *envp[variables + 1];

	memcpy(texts, (const void *)(uintptr_t)startup->texts.address, startup->texts.bytes);
	(void)fill(envp, fill(argv, texts, arguments), variables);
	environ = envp;
	__libc_init_array();
	exit(main((int)arguments, argv, envp));
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
