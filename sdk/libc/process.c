/* Who the program is, and on what. The root task has number 1, a component its index in the system description and 2. */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <kaal/boot.h>
#include <kaal/startup.h>
#include <kaal/version.h>

pid_t getpid(void)
{
	return kaal_startup() == NULL ? 1 : (pid_t)kaal_startup()->component + 2;
}

/* Digits of a number, and where they end. */
static char *put_number(char *to, uint32_t number)
{
	char digits[10];
	unsigned count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	while (count > 0)
		*to++ = digits[--count];
	return to;
}

int uname(struct utsname *name)
{
	const struct kaal_startup *startup = kaal_startup();
	uint32_t abi = startup != NULL ? startup->abi_version : kaal_bootinfo()->abi_version;
	char *end;

	memset(name, 0, sizeof *name);
	strcpy(name->sysname, "KaaL");
	strcpy(name->nodename, startup != NULL ? startup->name : "root-task");
	strcpy(name->release, KAAL_VERSION);
	strcpy(name->version, "ABI ");
	end = put_number(name->version + strlen(name->version), abi >> 16);
	*end++ = '.';
	(void)put_number(end, abi & 0xffff);
	strcpy(name->machine, "aarch64");
	return 0;
}
