/* What a program runs on. */
#ifndef _SYS_UTSNAME_H
#define _SYS_UTSNAME_H

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
	char sysname[32];  /* "KaaL" */
	char nodename[32]; /* the component's name; "root-task" in a root task */
	char release[32];  /* libkaal's version */
	char version[32];  /* "ABI major.minor", the kernel's */
	char machine[32];  /* "aarch64" */
};

/* 0. */
int uname(struct utsname *name);

#ifdef __cplusplus
}
#endif

#endif
