/* The floor: three machines and a LAN with nothing but the system calls they take. A switch is a bridge in a network
 * namespace of its own; a machine is five namespaces, an overlay over the base, a /dev of its own and a cable.
 *
 *   floor FOLDER BASE      prints "UP DOWN" in microseconds
 *
 * Netlink layouts: rtnetlink(7), include/uapi/linux/{rtnetlink,if_link,veth}.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST(call) do { if ((call) < 0) err(1, "%s", #call); } while (0)
enum { MACHINES = 3, BRIDGE = 10, FAR = 2, LOOPBACK = 1 };

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

/* One netlink request and its acknowledgement. */
struct request { struct nlmsghdr head; char body[1024]; };

static void *end_of(struct request *r) { return (char *)r + NLMSG_ALIGN(r->head.nlmsg_len); }

static struct rtattr *attribute(struct request *r, int type, const void *data, size_t length) {
    struct rtattr *a = end_of(r);
    a->rta_type = type;
    a->rta_len = RTA_LENGTH(length);
    if (length) memcpy(RTA_DATA(a), data, length);
    r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
    return a;
}

static void close_nest(struct request *r, struct rtattr *nest) { nest->rta_len = (char *)end_of(r) - (char *)nest; }

static void begin(struct request *r, int type, int flags, const void *header, size_t length) {
    memset(r, 0, sizeof *r);
    r->head.nlmsg_type = type;
    r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    r->head.nlmsg_len = NLMSG_LENGTH(length);
    memcpy(NLMSG_DATA(&r->head), header, length);
}

static void ask(int netlink, struct request *r) {
    struct { struct nlmsghdr head; struct nlmsgerr said; char rest[1024]; } answer;
    MUST(send(netlink, r, r->head.nlmsg_len, 0));
    MUST(recv(netlink, &answer, sizeof answer, 0));
    if (answer.head.nlmsg_type == NLMSG_ERROR && answer.said.error) {
        errno = -answer.said.error;
        err(1, "netlink");
    }
}

/* A netlink socket in the network namespace of a process. */
static int netlink_of(pid_t pid) {
    char path[64];
    int here, there, made;
    snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
    MUST(here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    MUST(there = open(path, O_RDONLY | O_CLOEXEC));
    MUST(setns(there, CLONE_NEWNET));
    MUST(made = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    MUST(setns(here, CLONE_NEWNET));
    close(here);
    close(there);
    return made;
}

static void bridge(int netlink) {
    struct request r;
    struct ifinfomsg link = { .ifi_index = BRIDGE, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
    begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(&r, IFLA_IFNAME, "net0", 5);
    struct rtattr *info = attribute(&r, IFLA_LINKINFO, 0, 0);
    attribute(&r, IFLA_INFO_KIND, "bridge", 7);
    close_nest(&r, info);
    ask(netlink, &r);
}

static void cable(int netlink, int number, pid_t pid) {
    struct request r;
    struct ifinfomsg near = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, far = { .ifi_index = FAR };
    char name[16];
    int controller = BRIDGE;
    snprintf(name, sizeof name, "m%d", number);
    begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &near, sizeof near);
    attribute(&r, IFLA_IFNAME, name, strlen(name) + 1);
    attribute(&r, IFLA_MASTER, &controller, sizeof controller);
    struct rtattr *info = attribute(&r, IFLA_LINKINFO, 0, 0);
    attribute(&r, IFLA_INFO_KIND, "veth", 5);
    struct rtattr *data = attribute(&r, IFLA_INFO_DATA, 0, 0);
    struct rtattr *peer = attribute(&r, VETH_INFO_PEER, &far, sizeof far);
    attribute(&r, IFLA_IFNAME, "eth0", 5);
    attribute(&r, IFLA_NET_NS_PID, &pid, sizeof pid);
    close_nest(&r, peer);
    close_nest(&r, data);
    close_nest(&r, info);
    ask(netlink, &r);
}

static void address(int netlink, int number) {
    struct request r;
    struct ifaddrmsg header = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = FAR };
    in_addr_t own = htonl(0x0a090001 + number);
    for (int link = LOOPBACK; link <= FAR; link++) {
        struct ifinfomsg up = { .ifi_index = link, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
        begin(&r, RTM_NEWLINK, 0, &up, sizeof up);
        ask(netlink, &r);
    }
    begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    attribute(&r, IFA_LOCAL, &own, sizeof own);
    attribute(&r, IFA_ADDRESS, &own, sizeof own);
    ask(netlink, &r);
}

static void devices(void) {
    static const struct { const char *path; int major, minor; } nodes[] = {
        { "dev/null", 1, 3 }, { "dev/zero", 1, 5 }, { "dev/full", 1, 7 }, { "dev/random", 1, 8 },
        { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 }, { "dev/fuse", 10, 229 },
    };
    MUST(mount("dev", "dev", "tmpfs", 0, "mode=755"));
    umask(0);
    for (size_t n = 0; n < sizeof nodes / sizeof *nodes; n++)
        MUST(mknod(nodes[n].path, S_IFCHR | 0666, makedev(nodes[n].major, nodes[n].minor)));
    umask(022);
    MUST(mkdir("dev/pts", 0755));
    MUST(mkdir("dev/shm", 01777));
    MUST(mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620,gid=5"));
    MUST(mount("shm", "dev/shm", "tmpfs", 0, "mode=1777"));
    MUST(symlink("pts/ptmx", "dev/ptmx"));
}

/* PID 1 of a machine. */
static void machine(const char *folder, const char *base, int number, int ready) {
    char root[512], options[2048], name[16];
    snprintf(root, sizeof root, "%s/m%d/merged", folder, number);
    snprintf(name, sizeof name, "m%d", number);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/m%d/upper,workdir=%s/m%d/work,volatile", base, folder,
             number, folder, number);
    MUST(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0));
    MUST(mount("overlay", root, "overlay", 0, options));
    MUST(chdir(root));
    MUST(mount("proc", "proc", "proc", 0, 0));
    MUST(mount("sysfs", "sys", "sysfs", MS_RDONLY, 0));
    MUST(mount("run", "run", "tmpfs", 0, "mode=755"));
    MUST(mount("tmp", "tmp", "tmpfs", 0, "mode=1777"));
    devices();
    MUST(sethostname(name, strlen(name)));
    MUST(syscall(SYS_pivot_root, ".", "."));
    MUST(umount2(".", MNT_DETACH));
    MUST(chdir("/"));
    MUST(write(ready, "x", 1));
    for (;;) pause();
}

/* clone(2) that returns twice, as fork(2) does. */
static pid_t clone_into(int namespaces) {
    pid_t pid = syscall(SYS_clone, namespaces | SIGCHLD, 0, 0, 0, 0);
    MUST(pid);
    return pid;
}

static int removed(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

int main(int count, char **words) {
    if (count != 3) errx(2, "floor FOLDER BASE");
    const char *folder = words[1], *base = words[2];
    char path[512], byte;
    int ready[MACHINES];
    pid_t machines[MACHINES];
    double began = now();
    MUST(mkdir(folder, 0700));
    pid_t keeper = clone_into(CLONE_NEWNET);
    if (!keeper) for (;;) pause();
    int lan = netlink_of(keeper);
    bridge(lan);
    for (int n = 0; n < MACHINES; n++) {
        const char *parts[] = { "", "/upper", "/work", "/merged" };
        for (int part = 0; part < 4; part++) {
            snprintf(path, sizeof path, "%s/m%d%s", folder, n, parts[part]);
            MUST(mkdir(path, 0755));
        }
        int ends[2];
        MUST(pipe2(ends, O_CLOEXEC));
        machines[n] = clone_into(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC);
        if (!machines[n]) machine(folder, base, n, ends[1]);
        close(ends[1]);
        ready[n] = ends[0];
    }
    for (int n = 0; n < MACHINES; n++) {
        cable(lan, n, machines[n]);
        int inside = netlink_of(machines[n]);
        address(inside, n);
        close(inside);
    }
    for (int n = 0; n < MACHINES; n++)
        if (read(ready[n], &byte, 1) != 1) errx(1, "machine %d did not come up", n);
    double up = now();
    close(lan);
    for (int n = 0; n < MACHINES; n++) kill(machines[n], SIGKILL);
    kill(keeper, SIGKILL);
    while (wait(0) > 0) {}
    MUST(nftw(folder, removed, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT));
    printf("%.0f %.0f\n", up - began, now() - up);
    return 0;
}
