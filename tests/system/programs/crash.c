/* Reads what is not mapped, two calls deep. */
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static int read_at(volatile const int *address)
{
	return *address + 1;
}

__attribute__((noinline)) static int go_down(volatile const int *address)
{
	return read_at(address) + 1;
}

int main(void)
{
	int result;

	printf("about to crash\n");
	result = go_down((volatile const int *)(uintptr_t)0x123000);
	printf("did not crash: %d\n", result);
	return result;
}
