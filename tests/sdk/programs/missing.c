/* Uses what the file service has not. */
#include <unistd.h>

int main(void)
{
	return symlink("from", "to");
}
