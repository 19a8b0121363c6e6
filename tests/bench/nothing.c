/* A program that ends at once, without a C library: what is measured is who started it. */
void _start(void) {
  __asm__ volatile("mov $60, %eax\n\txor %edi, %edi\n\tsyscall");
}
