/*
 * Pairs of mmap and munmap: map_storm PAIRS [PAUSE_US [FILE [STATUS]]]. With FILE, unless it's empty, it goes on until
 * that file exists, or for a minute. It ends with STATUS, 0 unless told otherwise, by nothing but _exit.
 */
#include "raw.h"

#include <time.h>

#define PAGE 4096UL

int main(int argc, char **argv)
{
	long pairs = argc > 1 ? atol(argv[1]) : 1000;
	long pause = argc > 2 ? atol(argv[2]) : 0;
	const char *file = argc > 3 && *argv[3] ? argv[3] : NULL;
	struct timespec ts = {pause / 1000000, pause % 1000000 * 1000};

	alarm(60);
	for (long i = 0; i < pairs || (file && access(file, F_OK) < 0); i++) {
		/* Lengths of many kinds, so that no two neighbours are alike. */
		unsigned long length = (1 + (unsigned long)i % 251) * PAGE;

		raw_munmap(raw_mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE), length);
		if (pause)
			nanosleep(&ts, NULL);
	}
	_exit(argc == 5 ? atoi(argv[4]) : 0); /* more are there for their length */
}
