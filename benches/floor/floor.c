// The floor under a client of PostgreSQL: point selects on pgbench's accounts by a loop that only receives and sends.
//
//   cc -O2 -pthread -o floor benches/floor/floor.c
//   ./floor PORT CONNECTIONS THREADS SECONDS together|in-turn WORK YIELD
//
// `in-turn` sends each request as soon as the answer before it has come, `together` those of one epoll_wait after all of
// its answers. WORK is so many steps of arithmetic for each answer (some ns each), as a client would do between the two;
// YIELD 1 gives the processor up once before each epoll_wait. Prints processor time an operation, user and system.
// It parses nothing, checks nothing and times nothing: no client can cost less.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 512
#define ACCOUNTS 1000000

static int port, connections, threads, seconds, together, work, yields;
static volatile int over;
static long operations[MOST];

static void need(int fine, const char *what) {
  if (!fine) {
    perror(what);
    exit(1);
  }
}

static int put32(char *at, unsigned value) {
  unsigned sent = htonl(value);
  memcpy(at, &sent, 4);
  return 4;
}

// Receives until the server is ready for a query.
static void until_ready(int fd) {
  char in[8192];
  int got = 0;
  do {
    int count = recv(fd, in + got, sizeof in - got, 0);
    need(count > 0, "recv");
    got += count;
  } while (got < 6 || in[got - 6] != 'Z');
}

static int connected(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  need(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  static const char start[] = "\0\0\0\0\0\3\0\0user\0postgres\0database\0accounts\0";
  char out[256];
  memcpy(out, start, sizeof start);
  put32(out, sizeof start);
  send(fd, out, sizeof start, 0);
  until_ready(fd);
  static const char parse[] = "P\0\0\0\0s1\0SELECT abalance FROM pgbench_accounts WHERE aid = $1\0\0";
  memcpy(out, parse, sizeof parse);
  put32(out + 1, sizeof parse - 1);
  memcpy(out + sizeof parse, "S\0\0\0\4", 5);
  send(fd, out, sizeof parse + 5, 0);
  until_ready(fd);
  return fd;
}

// Bind, Execute and Sync.
static void ask(int fd, unsigned *seed) {
  static const char bind[] = "B\0\0\0\x1a\0s1\0\0\1\0\1\0\1\0\0\0\4....\0\1\0\1E\0\0\0\x09\0\0\0\0\0S\0\0\0\4";
  char out[sizeof bind];
  memcpy(out, bind, sizeof bind);
  *seed = *seed * 1103515245 + 12345;
  put32(out + 19, 1 + (*seed >> 4) % ACCOUNTS);
  send(fd, out, sizeof bind - 1, MSG_NOSIGNAL);
}

static void *play(void *argument) {
  long thread = (long)argument;
  int poll = epoll_create1(0), ready[MOST];
  unsigned seed = thread + 1;
  for (int i = 0; i < connections / threads; i++) {
    int fd = connected();
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    ask(fd, &seed);
  }
  while (!over) {
    struct epoll_event events[MOST];
    char in[16384];
    int count = epoll_wait(poll, events, MOST, 100), waiting = 0;
    for (int i = 0; i < count; i++) {
      need(recv(events[i].data.fd, in, sizeof in, 0) > 0, "recv");
      operations[thread]++;
      volatile unsigned x = 1;
      for (int step = 0; step < work; step++) x = x * 1664525 + 1013904223;
      if (together) ready[waiting++] = events[i].data.fd;
      else ask(events[i].data.fd, &seed);
    }
    for (int i = 0; i < waiting; i++) ask(ready[i], &seed);
    if (yields && count > 1) sched_yield();
  }
  return 0;
}

int main(int count, char **given) {
  need(count == 8, "usage: floor PORT CONNECTIONS THREADS SECONDS together|in-turn WORK YIELD");
  port = atoi(given[1]), connections = atoi(given[2]), threads = atoi(given[3]), seconds = atoi(given[4]);
  together = given[5][0] == 't', work = atoi(given[6]), yields = atoi(given[7]);
  need(connections <= MOST && threads > 0 && threads <= connections, "so many connections and threads");
  pthread_t handles[MOST];
  for (long i = 0; i < threads; i++) pthread_create(&handles[i], 0, play, (void *)i);
  sleep(seconds);
  over = 1;
  long all = 0;
  for (int i = 0; i < threads; i++) pthread_join(handles[i], 0), all += operations[i];
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double user = used.ru_utime.tv_sec * 1e6 + used.ru_utime.tv_usec;
  double system = used.ru_stime.tv_sec * 1e6 + used.ru_stime.tv_usec;
  printf("%s, work %d, yield %d: user %.2f + system %.2f = %.2f us an operation, %ld/s\n", given[5], work, yields,
         user / all, system / all, (user + system) / all, all / seconds);
}
