/* Reaches for something, and says what comes of it: "ok", or the error. */
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

typedef struct {
    struct sockaddr_storage bytes;
    socklen_t length;
    int family;
} address;

static address internet(const char *ip, const char *port) {
    address result = {0};
    struct sockaddr_in *four = (void *)&result.bytes;
    struct sockaddr_in6 *six = (void *)&result.bytes;
    if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {
        result.family = four->sin_family = AF_INET;
        four->sin_port = htons(atoi(port));
        result.length = sizeof *four;
    } else {
        CHECK(inet_pton(AF_INET6, ip, &six->sin6_addr) == 1);
        result.family = six->sin6_family = AF_INET6;
        six->sin6_port = htons(atoi(port));
        result.length = sizeof *six;
    }
    return result;
}

static address in_unix(const char *path) {
    address result = {.family = AF_UNIX};
    struct sockaddr_un *name = (void *)&result.bytes;
    name->sun_family = AF_UNIX;
    /* A name that is no file begins with @ here. */
    strcpy(name->sun_path + (*path == '@'), path + (*path == '@'));
    result.length = offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path != '@');
    return result;
}

static void say(long result) { puts(result < 0 ? strerror(errno) : "ok"); }

static int open_socket(address *to, int type) {
    int descriptor = socket(to->family, type, 0);
    CHECK(descriptor >= 0);
    return descriptor;
}

static void op_connect(char **words) {
    address to = internet(words[0], words[1]);
    int descriptor = open_socket(&to, SOCK_STREAM);
    address before = to;
    say(connect(descriptor, (void *)&to.bytes, to.length));
    CHECK(memcmp(&before, &to, sizeof to) == 0);
}

static void op_connect_datagrams(char **words) {
    address to = internet(words[0], words[1]);
    say(connect(open_socket(&to, SOCK_DGRAM), (void *)&to.bytes, to.length));
}

/* Asks a server, by name: "how long to take", and its answer. */
static void op_request(char **words) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int error = getaddrinfo(words[0], words[1], &hints, &found);
    if (error) {
        puts(gai_strerror(error));
        return;
    }
    int descriptor = socket(found->ai_family, SOCK_STREAM, 0);
    if (connect(descriptor, found->ai_addr, found->ai_addrlen) != 0) return say(-1);
    dprintf(descriptor, "%s\n", words[2] ? words[2] : "0");
    char text[64] = "";
    ssize_t length = read(descriptor, text, sizeof text - 1);
    CHECK(length > 0);
    fputs(text, stdout);
}

static void op_sendto(char **words) {
    address to = internet(words[0], words[1]);
    say(sendto(open_socket(&to, SOCK_DGRAM), "x", 1, 0, (void *)&to.bytes, to.length));
}

/* Of an address of no family the kernel thinks that it is of IPv4. */
static void op_sendto_unspecified(char **words) {
    address to = internet(words[0], words[1]);
    int descriptor = open_socket(&to, SOCK_DGRAM);
    to.bytes.ss_family = AF_UNSPEC;
    say(sendto(descriptor, "x", 1, 0, (void *)&to.bytes, to.length));
}

static void op_fast_open(char **words) {
    address to = internet(words[0], words[1]);
    say(sendto(open_socket(&to, SOCK_STREAM), "x", 1, MSG_FASTOPEN, (void *)&to.bytes, to.length));
}

static struct msghdr message(address *to) {
    static struct iovec piece = {"x", 1};
    return (struct msghdr){.msg_name = &to->bytes, .msg_namelen = to->length, .msg_iov = &piece, .msg_iovlen = 1};
}

static void op_sendmsg(char **words) {
    address to = internet(words[0], words[1]);
    struct msghdr one = message(&to);
    say(sendmsg(open_socket(&to, SOCK_DGRAM), &one, 0));
}

static void op_sendmmsg(char **words) {
    address to = internet(words[0], words[1]), here = internet("127.0.0.1", "0");
    int receiver = open_socket(&here, SOCK_DGRAM);
    CHECK(bind(receiver, (void *)&here.bytes, here.length) == 0);
    CHECK(getsockname(receiver, (void *)&here.bytes, &here.length) == 0);
    struct mmsghdr messages[2] = {{message(&here), 0}, {message(&to), 0}};
    say(sendmmsg(open_socket(&to, SOCK_DGRAM), messages, 2, 0));
}

static void op_bind(char **words) {
    address at = internet(words[0], words[1]);
    int descriptor = open_socket(&at, SOCK_STREAM);
    if (bind(descriptor, (void *)&at.bytes, at.length) != 0) return say(-1);
    char host[64];
    CHECK(getsockname(descriptor, (void *)&at.bytes, &at.length) == 0);
    CHECK(getnameinfo((void *)&at.bytes, at.length, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0);
    puts(host);
}

static void op_bind_unspecified(char **words) {
    address at = internet(words[0], words[1]);
    int descriptor = open_socket(&at, SOCK_STREAM);
    at.bytes.ss_family = AF_UNSPEC;
    say(bind(descriptor, (void *)&at.bytes, at.length));
}

/* Listens, and is connected to by each address that follows. */
static void op_listen(char **words) {
    address at = internet(words[0], "0");
    int descriptor = open_socket(&at, SOCK_STREAM);
    CHECK(bind(descriptor, (void *)&at.bytes, at.length) == 0 && listen(descriptor, 9) == 0);
    CHECK(getsockname(descriptor, (void *)&at.bytes, &at.length) == 0);
    char port[8];
    snprintf(port, sizeof port, "%d", ntohs(((struct sockaddr_in *)&at.bytes)->sin_port));
    for (words++; *words; words++) {
        address to = internet(*words, port);
        int client = open_socket(&to, SOCK_STREAM);
        if (connect(client, (void *)&to.bytes, to.length) != 0) return say(-1);
        CHECK(accept(descriptor, NULL, NULL) >= 0);
    }
    puts("ok");
}

static void op_unix(char **words) {
    address to = in_unix(words[0]);
    say(connect(open_socket(&to, SOCK_STREAM), (void *)&to.bytes, to.length));
}

static void op_unix_send(char **words) {
    address to = in_unix(words[0]);
    say(sendto(open_socket(&to, SOCK_DGRAM), "x", 1, 0, (void *)&to.bytes, to.length));
}

static void op_unix_bind(char **words) {
    address at = in_unix(words[0]);
    int listener = open_socket(&at, SOCK_STREAM);
    if (bind(listener, (void *)&at.bytes, at.length) != 0) say(-1);
    CHECK(listen(listener, 1) == 0 || errno == EINVAL);
    op_unix(words);
}

static void op_unix_pair(char **words) {
    (void)words;
    address none = {.family = AF_UNIX, .length = sizeof(sa_family_t)};
    ((struct sockaddr *)&none.bytes)->sa_family = AF_UNIX;
    int listener = open_socket(&none, SOCK_STREAM);
    CHECK(bind(listener, (void *)&none.bytes, none.length) == 0 && listen(listener, 1) == 0);
    none.length = sizeof none.bytes;
    CHECK(getsockname(listener, (void *)&none.bytes, &none.length) == 0);
    say(connect(open_socket(&none, SOCK_STREAM), (void *)&none.bytes, none.length));
}

static const char *parent(const char *path, char *text) {
    /* PPID in a path stands for the number of the parent. */
    const char *place = strstr(path, "PPID");
    if (!place) return path;
    sprintf(text, "%.*s%d%s", (int)(place - path), path, getppid(), place + 4);
    return text;
}

static void read_one(int descriptor) {
    char byte;
    say(descriptor < 0 ? -1 : read(descriptor, &byte, 1) < 1 ? -1 : 0);
}

static void op_open(char **words) {
    char text[256];
    read_one(open(parent(words[0], text), O_RDONLY));
}

static void op_openat(char **words) {
    char text[256], other[256];
    int folder = open(parent(words[0], text), O_PATH | O_DIRECTORY);
    read_one(folder < 0 ? -1 : openat(folder, parent(words[1], other), O_RDONLY));
}

static void op_open_in(char **words) {
    char text[256], other[256];
    if (chdir(parent(words[0], text)) != 0) return say(-1);
    read_one(open(parent(words[1], other), O_RDONLY));
}

static void op_open_by_link(char **words) {
    char text[256], link[] = "link-XXXXXX";
    CHECK(mkdtemp(link) && rmdir(link) == 0);
    CHECK(symlink(parent(words[0], text), link) == 0);
    int descriptor = open(link, O_RDONLY);
    CHECK(unlink(link) == 0);
    read_one(descriptor);
}

static void op_readlink(char **words) {
    char text[256], target[256];
    say(readlink(parent(words[0], text), target, sizeof target));
}

static void op_kill(char **words) {
    char text[256];
    say(kill(atoi(parent(words[0], text)), atoi(words[1])));
}

static void op_look_into(char **words) {
    (void)words;
    char text[8];
    struct { void *place; size_t length; } mine = {text, 8}, theirs = {(void *)0x400000, 8};
    say(syscall(SYS_process_vm_readv, getppid(), &mine, 1, &theirs, 1, 0));
}

static const struct {
    const char *name;
    void (*run)(char **);
} operations[] = {
    {"connect", op_connect}, {"connect-datagrams", op_connect_datagrams}, {"request", op_request},
    {"sendto", op_sendto}, {"sendto-unspecified", op_sendto_unspecified}, {"fast-open", op_fast_open},
    {"sendmsg", op_sendmsg}, {"sendmmsg", op_sendmmsg}, {"bind", op_bind},
    {"bind-unspecified", op_bind_unspecified}, {"listen", op_listen}, {"unix", op_unix},
    {"unix-send", op_unix_send}, {"unix-bind", op_unix_bind}, {"unix-pair", op_unix_pair},
    {"open", op_open}, {"openat", op_openat}, {"open-in", op_open_in}, {"open-by-link", op_open_by_link},
    {"readlink", op_readlink}, {"kill", op_kill}, {"look-into", op_look_into},
};

int main(int arguments, char **words) {
    for (size_t index = 0; arguments > 1 && index < LENGTH(operations); index++) {
        if (strcmp(words[1], operations[index].name) == 0) {
            operations[index].run(words + 2);
            return 0;
        }
    }
    return 2;
}
