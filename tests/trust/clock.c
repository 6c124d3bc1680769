/* A clock that is CLOCK_SHIFT seconds off, for a program and all that it starts. Waiting takes as long as ever. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  int (*asked)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  const char *shift = getenv("CLOCK_SHIFT");
  int status = asked(clock, now);
  if (status == 0 && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += atol(shift);
  return status;
}

time_t time(time_t *now) {
  struct timespec told;
  clock_gettime(CLOCK_REALTIME, &told);
  if (now) *now = told.tv_sec;
  return told.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec told;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &told);
  now->tv_sec = told.tv_sec;
  now->tv_usec = told.tv_nsec / 1000;
  return 0;
}
