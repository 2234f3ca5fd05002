/* Measures what system calls cost, area by area; measure.h says how. */
#include "measure.h"

int main(void)
{
	start_measuring();
	measure_caps(); /* first: one row needs memory that nobody has used */
	measure_memory();
	measure_threads();
	measure_ipc();
	measure_faults();
	measure_irqs();
	return 0;
}
